#!/usr/bin/env python3
"""cdi_check.py FILE: whether it is a valid specification of the Container Device Interface, to 1.1. Names what is wrong
and exits with 1.

cdi_check.py --bwrap DEVICE FILE: the arguments of bubblewrap for what a runtime does for that device, one on a line.

The rules are those of SPEC.md of github.com/cncf-tags/container-device-interface, and of the library of that project, by
which podman, docker and containerd read specifications: fields that are not known are errors, and so is a version before
the one that introduced something which is used.
"""
import json
import os
import re
import sys

VERSIONS = ["0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"]
ANNOTATIONS = {"annotations": (dict, "0.6.0")}
MOUNT = {"hostPath": (str, None), "containerPath": (str, None), "options": (list, None), "type": (str, "0.4.0")}
NODE = {"path": (str, None), "hostPath": (str, "0.5.0"), "type": (str, None), "major": (int, None), "minor": (int, None),
        "fileMode": (int, None), "permissions": (str, None), "uid": (int, None), "gid": (int, None)}
HOOK = {"hookName": (str, None), "path": (str, None), "args": (list, None), "env": (list, None), "timeout": (int, None)}
HOOKS = ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")
EDITS = {"env": (list, None), "mounts": (list, None), "deviceNodes": (list, None), "hooks": (list, None),
         "additionalGids": (list, "0.7.0"), "intelRdt": (dict, "0.7.0"), "netDevices": (list, "1.1.0")}
DEVICE = {"name": (str, None), "containerEdits": (dict, None), **ANNOTATIONS}
SPEC = {"cdiVersion": (str, None), "kind": (str, None), "devices": (list, None), "containerEdits": (dict, None),
        **ANNOTATIONS}

VENDOR = re.compile(r"[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
CLASS = re.compile(r"[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?")


class Checker:
    def __init__(self):
        self.errors = []
        self.needs = []  # (version, what needs it)

    def error(self, where, what):
        self.errors.append(f"{where}: {what}")

    def need(self, version, where):
        self.needs.append((version, where))

    def fields(self, where, thing, known, required):
        """Whether it is an object; its fields' names and types are checked. Fields of a wrong type are removed."""
        if not isinstance(thing, dict):
            self.error(where, "not an object")
            return False
        for key in list(thing):
            if key not in known:
                self.error(f"{where}.{key}", "not known")
                continue
            kind, version = known[key]
            if not isinstance(thing[key], kind) or isinstance(thing[key], bool):
                self.error(f"{where}.{key}", f"not of type {kind.__name__}")
                del thing[key]
            elif version:
                self.need(version, f"{where}.{key}")
        for key in required:
            if key not in thing:
                self.error(f"{where}.{key}", "missing")
        return True

    def strings(self, where, things):
        for i, thing in enumerate(things):
            if not isinstance(thing, str):
                self.error(f"{where}[{i}]", "not a string")

    def path(self, where, path, on_host):
        if path is None:
            return
        if not path.startswith("/"):
            self.error(where, f"\"{path}\" is not an absolute path")
        elif on_host and not os.path.exists(path):
            self.error(where, f"{path} is not there")

    def variables(self, where, env):
        self.strings(where, env)
        for i, entry in enumerate(env):
            if isinstance(entry, str) and not re.fullmatch(r"[^=\0]+=[^\0]*", entry):
                self.error(f"{where}[{i}]", f"\"{entry}\" is not NAME=VALUE")

    def mount(self, where, mount):
        if not self.fields(where, mount, MOUNT, ("hostPath", "containerPath")):
            return
        self.path(f"{where}.hostPath", mount.get("hostPath"), True)
        self.path(f"{where}.containerPath", mount.get("containerPath"), False)
        self.strings(f"{where}.options", mount.get("options", []))

    def node(self, where, node):
        if not self.fields(where, node, NODE, ("path",)):
            return
        self.path(f"{where}.path", node.get("path"), False)
        if node.get("type", "") not in ("", "b", "c", "u", "p"):
            self.error(f"{where}.type", "not b, c, u or p")
        if not re.fullmatch("[rwm]*", node.get("permissions", "")):
            self.error(f"{where}.permissions", "other letters than r, w and m")

    def hook(self, where, hook):
        if not self.fields(where, hook, HOOK, ("hookName", "path")):
            return
        if hook.get("hookName", HOOKS[0]) not in HOOKS:
            self.error(f"{where}.hookName", "not known")
        self.path(f"{where}.path", hook.get("path"), True)
        self.strings(f"{where}.args", hook.get("args", []))
        self.variables(f"{where}.env", hook.get("env", []))

    def edits(self, where, edits):
        if not self.fields(where, edits, EDITS, ()):
            return
        self.variables(f"{where}.env", edits.get("env", []))
        for key, check in (("mounts", self.mount), ("deviceNodes", self.node), ("hooks", self.hook)):
            for i, thing in enumerate(edits.get(key, [])):
                check(f"{where}.{key}[{i}]", thing)

    def kind(self, kind):
        vendor, slash, device_class = kind.partition("/")
        if not slash:
            self.error("kind", f"\"{kind}\" is not vendor/class")
            return
        if not VENDOR.fullmatch(vendor):
            self.error("kind", f"\"{vendor}\" cannot be a vendor's name")
        if not CLASS.fullmatch(device_class):
            self.error("kind", f"\"{device_class}\" cannot be a class's name")
        if "." in device_class:
            self.need("0.6.0", "kind: a dot in the class")

    def devices(self, devices):
        names = set()
        if not devices:
            self.error("devices", "none")
        for i, device in enumerate(devices):
            where = f"devices[{i}]"
            if not self.fields(where, device, DEVICE, ("name", "containerEdits")):
                continue
            name = device.get("name", "none")
            if not NAME.fullmatch(name):
                self.error(f"{where}.name", f"\"{name}\" cannot be a device's name")
            if name in names:
                self.error(f"{where}.name", f"there is another \"{name}\"")
            if name[:1].isdigit():
                self.need("0.5.0", f"{where}.name begins with a digit")
            names.add(name)
            edits = device.get("containerEdits", {"env": []})
            self.edits(f"{where}.containerEdits", edits)
            if not any(edits.values()) and "containerEdits" in device:
                self.error(f"{where}.containerEdits", "empty")

    def version(self, version):
        if version not in VERSIONS:
            self.error("cdiVersion", f"\"{version}\" is not known")
            return
        for least, where in self.needs:
            if VERSIONS.index(least) > VERSIONS.index(version):
                self.error("cdiVersion", f"{version}, but {where} needs {least}")

    def spec(self, spec):
        if not self.fields("specification", spec, SPEC, ("cdiVersion", "kind", "devices")):
            return
        if "kind" in spec:
            self.kind(spec["kind"])
        if "devices" in spec:
            self.devices(spec["devices"])
        self.edits("containerEdits", spec.get("containerEdits", {}))
        if "cdiVersion" in spec:
            self.version(spec["cdiVersion"])


def bubblewrap(spec, name):
    for device in spec["devices"]:
        if device["name"] != name:
            continue
        for edits in (spec["containerEdits"], device["containerEdits"]):
            for mount in edits.get("mounts", []):
                yield from ("--ro-bind" if "ro" in mount["options"] else "--bind", mount["hostPath"], mount["containerPath"])
            for entry in edits.get("env", []):
                yield from ("--setenv", *entry.split("=", 1))


def main(args):
    with open(args[-1], encoding="utf-8") as file:
        try:
            spec = json.load(file)
        except ValueError as error:
            print(f"not JSON: {error}")
            return 1
    if args[0] == "--bwrap":
        print("\n".join(bubblewrap(spec, args[1])))
        return 0
    checker = Checker()
    checker.spec(spec)
    for error in checker.errors:
        print(error)
    return 1 if checker.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
