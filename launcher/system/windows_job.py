"""The job object of this process: with it Windows ends its children, and their children, when it ends.

Windows only. Children belong to it from birth, so it ends those too that hang.
"""

import ctypes
import logging
import sys

KILL_ON_JOB_CLOSE = 0x2000
EXTENDED_LIMIT_INFORMATION = 9

log = logging.getLogger(__name__)


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (("Basic", _BasicLimits), ("IoCounters", ctypes.c_uint64 * 6), ("Memory", ctypes.c_size_t * 4))


if sys.platform == "win32":

    def keep_in_job() -> None:
        """Put this process into a job that ends with it. When Windows refuses, that is logged and all goes on."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = ctypes.c_void_p
        kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = handle
        kernel.SetInformationJobObject.argtypes = (handle, ctypes.c_int, handle, ctypes.c_uint32)
        kernel.AssignProcessToJobObject.argtypes = (handle, handle)
        limits = _ExtendedLimits()
        limits.Basic.LimitFlags = KILL_ON_JOB_CLOSE
        job = kernel.CreateJobObjectW(None, None)  # Closed by the end of this process, and by nobody before.
        size = ctypes.sizeof(limits)
        if not (
            job
            and kernel.SetInformationJobObject(job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size)
            and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
        ):
            log.warning("no job object: %s", ctypes.WinError(ctypes.get_last_error()))
