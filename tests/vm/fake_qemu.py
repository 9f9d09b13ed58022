#!/usr/bin/env python3
"""Plays QEMU, with a guest in it, towards vthunk vm run: finds the wires in its options and does what VT_FAKE says."""
import os
import re
import sys
import time

arguments = " ".join(sys.argv[1:])
play = os.environ.get("VT_FAKE", "")
if ",help" in arguments:
    if play == "old":
        sys.exit("qemu: -device vhost-user-test-device-pci,help: 'x' is not a valid device model name")
    print("  blob=<bool>\n  hostmem=<size>\n  venus=<bool>")
    sys.exit(0)
if "--version" in arguments:
    print("QEMU emulator version 7.2.22")
    sys.exit(0)

wires = {name: int(fd) for name, fd in re.findall(r"socket,id=(\w+),fd=(\d+)", arguments)}


def write(name, data):
    data = data.encode() if isinstance(data, str) else data
    while data:
        data = data[os.write(wires[name], data):]


def main():
    if play == "die":
        print("no such accelerator", file=sys.stderr)
        return 1
    if play == "crash":
        os.kill(os.getpid(), 11)
    if play == "panic":
        write("console", "Kernel panic - not syncing: no working init\n")
        return 0
    if play == "fail":
        write("control", "fail cannot mount \x1b[1mit\n")
        time.sleep(60)
    if play == "silent":
        write("console", "booting\n")
        return 0
    write("control", "up\n")
    if play == "half":
        return 0
    if play == "echo":
        while data := os.read(wires["stdin"], 65536):
            write("stdout", data)
    elif play == "big":
        for i in range(128):
            write("stdout", bytes([65 + i % 26]) * 65536)
    elif play == "flood":
        while True:
            write("stdout", "y\n" * 1000)
    elif play == "hang":
        time.sleep(600)
    elif play == "nonsense":
        write("control", "exit\nexit 256\nexit -1\nexit 3x\n" + "z" * 1000 + "\n")
    elif play == "both":
        write("stdout", "out\n")
        write("stderr", "err\n")
    elif play == "arguments":
        write("stdout", "\n".join(sys.argv[1:]) + "\n")
    write("control", "exit " + os.environ.get("VT_FAKE_STATUS", "0") + "\n")
    time.sleep(600)
    return 0


sys.exit(main())
