"""One GPU a slot: the recipe of the manual, CUDA_VISIBLE_DEVICES from the slot number."""

import pytest
from gate import Gate

DEVICES = "0123"

# A task takes its device as a folder that only one can make, and gives it back.
USE = """#!/bin/sh
device=$CUDA_VISIBLE_DEVICES
mkdir "device_$device" || echo "$1 found $device in use" >> collisions
echo "$device" >> used
rmdir "device_$device"
exit "$(( $1 % 5 == 0 ))"
"""


@pytest.mark.parametrize("options", [["-j", "4"], ["-j", "4", "--shuf"], ["-j", "4", "--retries", "1", "--retry-delay", "0.01"],
        ["-j", "2"]])
def test_no_two_tasks_have_the_same_device_at_a_time(run, folder, options):
    (folder / "simulate").write_text(USE)
    (folder / "simulate").chmod(0o755)
    done = run("run", *options, "-c", "CUDA_VISIBLE_DEVICES=$(({%}-1)) ./simulate {}", ":::", *range(1, 201))
    assert done.status == 40, done.stderr  # tasks that fail give their device back as well
    assert not (folder / "collisions").exists(), (folder / "collisions").read_text()
    used = (folder / "used").read_text().split()
    assert set(used) <= set(DEVICES[:int(options[1])])
    assert len(used) == (240 if "--retries" in options else 200)


def test_all_the_devices_are_used_at_the_same_time(run, folder):
    gate = Gate(folder)
    (folder / "simulate").write_text(f'#!/bin/sh\nmkdir "in_use_$CUDA_VISIBLE_DEVICES"\nexec {gate.program} "$1"\n')
    (folder / "simulate").chmod(0o755)
    process = run.start("run", "-j", "4", "-c", "CUDA_VISIBLE_DEVICES=$(({%}-1)) ./simulate {}", ":::", *"abcd")
    gate.wait_for(*"abcd")
    assert sorted(path.name for path in folder.glob("in_use_*")) == [f"in_use_{device}" for device in DEVICES]
    for name in "abcd":
        gate.release(name)
    process.communicate(timeout=60)
    assert process.returncode == 0
