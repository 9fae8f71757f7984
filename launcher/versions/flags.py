"""The command line flags that Tavernkeep starts the server with. PURE."""

from launcher.versions.table import facts


def launch_flags(version: str, config_file: str | None = None, data_root: str | None = None) -> tuple[str, ...]:
    """Return the flags for starting the server: no browser, and where configuration and data are.

    `config_file` and `data_root` are for an installation that has them outside its folder; a version without a flag
    for one gets none (`Facts.config_path_flag`, `Facts.data_root_flag`).
    """
    known = facts(version)
    flags = ["--autorun=false", "--browserLaunchEnabled=false"]
    if config_file and known.config_path_flag:
        flags.append(f"--configPath={config_file}")
    if data_root and known.data_root_flag:
        flags.append(f"--dataRoot={data_root}")
    return tuple(flags)
