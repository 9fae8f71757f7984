"""Every check, in the order in which they are shown: from this PC outwards to the phone. PURE.

A new check is a row and its judge in one of these modules. One that needs a reading of its own adds it to `readings`
and to `check_input.CheckInput`.
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
