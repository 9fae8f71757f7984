"""Every check, in the order of the window: from this PC outwards to the phone. PURE.

A new check is a judge and a row of CHECKS in one of these modules. When it needs a new reading, that is a function in
`readings` and a field of `check_input.CheckInput`.
"""

from launcher.doctor import access_checks, firewall_checks, network_checks, program_checks

ALL = (
    *program_checks.CHECKS,
    *network_checks.ADDRESS_CHECKS,
    *access_checks.CHECKS,
    *firewall_checks.CHECKS,
    *network_checks.PHONE_CHECKS,
)
CHECKS = tuple(check.id for check in ALL)
