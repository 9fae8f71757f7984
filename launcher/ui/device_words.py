"""What a device is called, for every UI. PURE."""

from launcher.keeper.view import Device, Question

SEPARATOR = " · "
# What `kind` begins with, and what people call that.
SORTS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "iPod": "iPod",
    "iPhone or iPad": "iPhone or iPad",
    "Mac or iPad": "Mac or iPad",
    "Mac": "Mac",
    "Android": "Android device",
    "Samsung Internet": "Samsung device",
    "Windows": "Windows PC",
    "Chromebook": "Chromebook",
    "Linux": "Linux PC",
    "Ubuntu": "Linux PC",
}


def sort_of(kind: str) -> str:
    """“iPhone”, “Android device”, and “device” for what is not known."""
    return SORTS.get(kind.split(SEPARATOR)[0], "device")


def called(device: Device | Question) -> str:
    """Its own name, else what it is: “Kitchen iPad”, “iPhone”, “Unknown device”."""
    sort = sort_of(device.kind)
    return device.name or ("Unknown device" if sort == "device" else sort)


def beside_name(device: Device | Question) -> str:
    """What else is known of it, to stand beside `called`: “Safari”, “iPad · Safari”; it may be empty."""
    first, *others = device.kind.split(SEPARATOR)
    shown = first if device.name or first not in SORTS or first == "Samsung Internet" else ""
    return SEPARATOR.join(part for part in (shown, *others) if part)


def this_device(device: Device | Question) -> str:
    """“Kitchen iPad”, “this iPhone”, “this device”: for the middle of a sentence."""
    return device.name or f"this {sort_of(device.kind)}"


def a_device(device: Device | Question) -> str:
    """“Kitchen iPad”, “An iPhone”, “A device”: for the beginning of a sentence."""
    sort = sort_of(device.kind)
    return device.name or f"{'An' if sort[0] in 'aeiA' else 'A'} {sort}"
