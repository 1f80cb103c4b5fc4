"""One GPU a slot: the recipe of the manual, CUDA_VISIBLE_DEVICES from the slot number."""

import pytest

DEVICES = "0123"

# A task takes its device as a folder that only one can make, and gives it back.
USE = """#!/bin/sh
device=$CUDA_VISIBLE_DEVICES
mkdir "device_$device" || echo "$1 found $device in use" >> collisions
echo "$device" >> used
rmdir "device_$device"
exit "$(( $1 % 5 == 0 ))"
"""


@pytest.mark.parametrize("options", [["-j", "4"], ["-j", "4", "--shuf"], ["-j", "4", "--retries", "1", "--retry-delay", "0.01"], ["-j", "2"]])
def test_no_two_tasks_have_the_same_device_at_a_time(run, folder, options):
    (folder / "simulate").write_text(USE)
    (folder / "simulate").chmod(0o755)
    done = run("run", *options, "-c", "CUDA_VISIBLE_DEVICES=$(({%}-1)) ./simulate {}", ":::", *range(1, 201))
    assert done.status == 40, done.stderr  # tasks that fail give their device back as well
    assert not (folder / "collisions").exists(), (folder / "collisions").read_text()
    used = (folder / "used").read_text().split()
    assert set(used) <= set(DEVICES[:int(options[1])])
    assert len(used) == (240 if "--retries" in options else 200)


def test_all_the_devices_are_used(run, folder):
    """Each of the first four waits until all four are in use."""
    (folder / "simulate").write_text('#!/bin/sh\nmkdir "in_use_$CUDA_VISIBLE_DEVICES"\nuntil [ -d in_use_0 ] && [ -d in_use_1 ] && [ -d in_use_2 ] && [ -d in_use_3 ]; do sleep 0.01; done\n')
    (folder / "simulate").chmod(0o755)
    done = run("run", "-j", "4", "-c", "CUDA_VISIBLE_DEVICES=$(({%}-1)) ./simulate {}", ":::", *"abcd")
    assert done.status == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["in_use_0", "in_use_1", "in_use_2", "in_use_3", "simulate"]
