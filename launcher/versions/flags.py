"""The command line flags that Tavernkeep starts the server with. PURE."""

from launcher.versions.table import facts


def launch_flags(version: str, config_file: str | None = None, data_root: str | None = None) -> tuple[str, ...]:
    """The flags for starting our way: no browser, and configuration and data elsewhere when they are.

    `config_file` and `data_root` are for an installation that has them outside its folder; a version that cannot be
    told so gets no flag for it (`Facts.config_path_flag`, `Facts.data_root_flag`).
    """
    known = facts(version)
    flags = ["--autorun=false", "--browserLaunchEnabled=false"]
    if config_file and known.config_path_flag:
        flags.append(f"--configPath={config_file}")
    if data_root and known.data_root_flag:
        flags.append(f"--dataRoot={data_root}")
    return tuple(flags)
