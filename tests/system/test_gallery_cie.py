"""cie-spectrum as a user runs it: its FITS files in another reader (astropy), its errors, its atomic output.

The program is $CIE_SPECTRUM, by default build/dev/gallery/cie-spectrum/cie-spectrum below the repository. Astropy
(package python3-astropy) reads binary tables in Python, independently of CFITSIO, which the program writes with.
The demo at the end also needs drover ($DROVER, by default build/dev/src/drover) and gnuplot.
"""

import csv
import os
import re
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from skips import skip

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "cie"
PROGRAM = Path(os.environ.get("CIE_SPECTRUM", ROOT / "build/dev/gallery/cie-spectrum/cie-spectrum")).absolute()
DROVER = Path(os.environ.get("DROVER", ROOT / "build/dev/src/drover")).absolute()

# The word a user writes and the name that Python prints for it.
TEMPERATURES = {"0.5": "0.5", "1": "1.0", "2.0": "2.0", "4": "4.0"}
FILE_SIZE = 20160  # 2 headers of 2880 bytes, 500 rows of 24 bytes in 5 blocks


@pytest.fixture(scope="session")
def fits():
    try:
        from astropy.io import fits as reader
    except ImportError:
        skip("gallery_cie", "no astropy; install the package python3-astropy")
    return reader


def run(*arguments, cwd, **options):
    if not PROGRAM.exists():
        pytest.fail(f"no program {PROGRAM}: build the gallery, or set CIE_SPECTRUM")
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=60, **options)


def golden(name):
    with open(GOLDEN / name, newline="") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    assert rows, f"{name} is empty"
    return rows


def assert_refused(result, status, *words):
    """One clear message on standard error, nothing on standard output."""
    assert result.returncode == status, result
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("cie-spectrum: "), result.stderr
    for word in words:
        assert word in lines[0], (word, lines[0])


@pytest.fixture(scope="module")
def spectra(tmp_path_factory):
    """A folder with the four files, each by a process of its own, and what the processes said."""
    folder = tmp_path_factory.mktemp("spectra")
    said = {name: run(word, cwd=folder) for word, name in TEMPERATURES.items()}
    for name, result in said.items():
        assert result.returncode == 0 and result.stderr == "", result
    return folder, said


def test_writes_a_file_for_each_temperature_named_as_python_prints_it(spectra):
    folder, said = spectra
    assert sorted(p.name for p in folder.iterdir()) == ["cie_0.5.fits", "cie_1.0.fits", "cie_2.0.fits", "cie_4.0.fits"]
    for name, result in said.items():
        assert re.fullmatch(rf"cie_{name}\.fits: kT = {name} keV, [0-9.]+ photons/cm\^2/s between .*\n", result.stdout)


@pytest.mark.parametrize("name", TEMPERATURES.values())
def test_another_reader_finds_the_golden_spectrum(spectra, fits, name):
    with fits.open(spectra[0] / f"cie_{name}.fits") as hdus:
        hdus.verify("exception")
        table = hdus["MODEL"].data
        columns = {column: [float(x) for x in table[column]] for column in table.names}
    expected = golden(f"cie_{name}.csv")
    assert list(columns) == ["ENERG_LO", "ENERG_HI", "FLUX"]
    assert all(len(values) == len(expected) == 500 for values in columns.values())
    for i, row in enumerate(expected):
        assert columns["ENERG_LO"][i] == pytest.approx(row["energy_lo_keV"], rel=1e-14, abs=0)
        assert columns["ENERG_HI"][i] == pytest.approx(row["energy_hi_keV"], rel=1e-14, abs=0)
        assert columns["FLUX"][i] == pytest.approx(row["flux_photon_cm-2_s-1_keV-1"], rel=1e-6, abs=0), i


@pytest.mark.parametrize("name", TEMPERATURES.values())
def test_another_reader_finds_the_golden_totals(spectra, fits, name):
    expected = next(row for row in golden("cie_totals.csv") if row["kT_keV"] == float(name))
    with fits.open(spectra[0] / f"cie_{name}.fits") as hdus:
        rows = [tuple(map(float, row)) for row in hdus["MODEL"].data]
        electrons = hdus["MODEL"].header["NENH"]
    photons = sum(flux * (hi - lo) for lo, hi, flux in rows)
    energy = sum(flux * (hi - lo) * (hi + lo) / 2 for lo, hi, flux in rows)
    assert photons == pytest.approx(expected["photon_flux_0.1_10"], rel=1e-7, abs=0)
    assert energy == pytest.approx(expected["energy_flux_keV_bincentre"], rel=1e-7, abs=0)
    assert electrons == pytest.approx(expected["ne_over_nH"], rel=1e-10, abs=0)


@pytest.mark.parametrize("name", TEMPERATURES.values())
def test_header_tells_the_units_the_temperature_and_what_the_model_is_not(spectra, fits, name):
    with fits.open(spectra[0] / f"cie_{name}.fits") as hdus:
        assert len(hdus) == 2 and hdus[0].data is None
        header = hdus[1].header
    assert header["EXTNAME"] == "MODEL"
    assert [header[f"TFORM{i}"] for i in (1, 2, 3)] == ["1D", "1D", "1D"]
    assert [header[f"TUNIT{i}"] for i in (1, 2, 3)] == ["keV", "keV", "photon/cm**2/s/keV"]
    assert header["KT"] == float(name)
    history = " ".join(str(line) for line in header["HISTORY"])
    assert "A simplified collisional-ionisation-equilibrium model. It is not SPEX" in history
    for missing in ("no iron", "no free-bound or two-photon continuum", "no satellite, intercombination or forbidden lines",
                    "no dielectronic recombination", "ions below He-like left out", "Below about 1 keV"):
        assert missing in history


def test_table_begins_where_the_picture_expects_it(spectra, fits):
    """plot.gp reads the rows behind two blocks of header."""
    behind_headers = re.search(r"^behind_headers = (\d+) \* (\d+)$", (ROOT / "gallery/cie-spectrum/plot.gp").read_text(), re.M)
    expected = int(behind_headers[1]) * int(behind_headers[2])
    for file in spectra[0].iterdir():
        assert file.stat().st_size == FILE_SIZE
        with fits.open(file) as hdus:
            assert hdus["MODEL"].fileinfo()["datLoc"] == expected


def test_program_is_built_from_the_golden_tables():
    for table in ("gaunt_ff", "model_abundances", "model_ions", "model_lines"):
        used = ROOT / "gallery/cie-spectrum/data" / f"{table}.csv"
        assert used.read_bytes() == (GOLDEN / f"{table}.csv").read_bytes()


def test_same_temperature_gives_the_same_bytes(tmp_path):
    for name in ("a.fits", "b.fits"):
        assert run("0.7", "--output", name, cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.fits").read_bytes() == (tmp_path / "b.fits").read_bytes()


def test_program_stands_alone_wherever_it_is_copied(tmp_path):
    copy = shutil.copy(PROGRAM, tmp_path / "cie")
    assert subprocess.run([copy, "1"], cwd=tmp_path, capture_output=True, timeout=60).returncode == 0
    assert (tmp_path / "cie_1.0.fits").stat().st_size == FILE_SIZE


def test_output_may_be_named_or_go_to_a_folder_that_is_made(tmp_path):
    assert run("1", "--output-dir", "a/b", cwd=tmp_path).returncode == 0
    assert run("1", "--output", "odd [1](2)!.fits.gz", cwd=tmp_path).returncode == 0
    files = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert files == ["a/b/cie_1.0.fits", "odd [1](2)!.fits.gz"]
    assert (tmp_path / files[0]).read_bytes() == (tmp_path / files[1]).read_bytes()


def test_overwrites_what_an_earlier_run_left(tmp_path):
    (tmp_path / "cie_0.5.fits").write_bytes(b"old" * 20000)
    assert run("0.5", cwd=tmp_path).returncode == 0
    assert (tmp_path / "cie_0.5.fits").stat().st_size == FILE_SIZE
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("word", ["", "abc", "nan", "inf", "0x1", "1keV", " 1", "1,5"])
def test_refuses_a_temperature_that_is_no_number(tmp_path, word):
    assert_refused(run(word, cwd=tmp_path), 2, f"kT = '{word}' is not a number", "keV")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("word", ["0", "-1", "-0.5", "0.08", "35", "1e999", "1e-999"])
def test_refuses_a_temperature_outside_the_gaunt_table(tmp_path, word):
    assert_refused(run(word, cwd=tmp_path), 2, f"kT = {word} keV is outside the table", "0.0875 to 34.1 keV")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments, words", [
    ((), ["no temperature"]),
    (("1", "2"), ["second temperature", "drover run cie-spectrum {} ::: 1 2"]),
    (("1", "--outptu", "x"), ["unknown option --outptu"]),
    (("1", "--output"), ["--output needs a name"]),
    (("1", "--output", "a", "--output-dir", "b"), ["exclude each other"]),
])
def test_refuses_wrong_usage(tmp_path, arguments, words):
    assert_refused(run(*arguments, cwd=tmp_path), 2, *words)
    assert not list(tmp_path.iterdir())


def test_names_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "folder").mkdir()
    assert_refused(run("1", "--output", "missing/x.fits", cwd=tmp_path), 1, "missing/x.fits", "No such file")
    assert_refused(run("1", "--output-dir", "file", cwd=tmp_path), 1, "file/cie_1.0.fits", "Not a directory")
    assert_refused(run("1", "--output", "folder", cwd=tmp_path), 1, "folder", "not a regular file")
    assert_refused(run("1", "--output", "/dev/null", cwd=tmp_path), 1, "/dev/null", "not a regular file")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "folder"]


def write_at_most(size):
    """As a full disk does it: the write that passes the limit is refused (SIGXFSZ ignored) or deadly."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("before", [None, b"the older file"])
def test_a_full_disk_leaves_what_was_there(tmp_path, before):
    if before:
        (tmp_path / "cie_1.0.fits").write_bytes(before)

    def full_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        write_at_most(FILE_SIZE // 2)

    # Python's own restore_signals runs before preexec_fn and does not undo it.
    assert_refused(run("1", cwd=tmp_path, preexec_fn=full_disk), 1, "cie_1.0.fits", "File too large")
    left = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert left == ({"cie_1.0.fits": before} if before else {})


@pytest.mark.parametrize("written", [0, 1, FILE_SIZE // 2, FILE_SIZE - 1])
@pytest.mark.parametrize("before", [None, b"the older file"])
def test_death_while_writing_leaves_no_half_file_under_the_name(tmp_path, before, written):
    if before:
        (tmp_path / "cie_1.0.fits").write_bytes(before)

    def death_after():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        write_at_most(written)

    assert run("1", cwd=tmp_path, preexec_fn=death_after).returncode == -signal.SIGXFSZ
    named = [p.read_bytes() for p in tmp_path.glob("*.fits")]
    assert named == ([before] if before else [])
    hidden = [p.stat().st_size for p in tmp_path.glob(".cie_1.0.fits.*.part")]
    assert hidden == [written], "the death was to come while writing"
    assert run("1", cwd=tmp_path).returncode == 0
    assert (tmp_path / "cie_1.0.fits").stat().st_size == FILE_SIZE


def test_a_full_standard_output_is_told(tmp_path):
    with open("/dev/full", "w") as full:
        result = subprocess.run([PROGRAM, "1"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 1
    assert "standard output" in result.stderr


def demo(*arguments, cwd):
    if shutil.which("gnuplot") is None:
        skip("gallery_demo", "no gnuplot; install the package gnuplot-nox")
    for program in (DROVER, PROGRAM):
        if not program.exists():
            pytest.fail(f"no program {program}: build it, or set DROVER and CIE_SPECTRUM")
    return subprocess.run([ROOT / "gallery/demo.sh", DROVER, PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True,
                          timeout=120)


def test_demo_ends_with_files_picture_job_log_and_three_lines(tmp_path):
    for _ in range(2):  # it may be run again
        result = demo(cwd=tmp_path)
        assert result.returncode == 0, result
        folder = tmp_path / "drover-demo"
        assert sorted(p.name for p in folder.iterdir()) == [
            "cie_0.5.fits", "cie_1.0.fits", "cie_2.0.fits", "cie_4.0.fits", "joblog.tsv", "spectra.png"]
        assert (folder / "spectra.png").read_bytes().startswith(b"\x89PNG\r\n")
        assert len((folder / "joblog.tsv").read_text().splitlines()) == 1 + 4  # a heading and a line a task
        *tasks, happened, picture, next_step = result.stdout.splitlines()
        assert len(tasks) == 4 and all(line.startswith("cie_") for line in tasks)
        assert happened.startswith("Four spectra") and "spectra.png" in picture and next_step.startswith("Try next")


def test_demo_suggests_a_line_that_works(tmp_path):
    result = demo("my spectra", cwd=tmp_path)
    assert result.returncode == 0, result
    line = result.stdout.splitlines()[-1].partition(": ")[2]
    assert subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=120).returncode == 0
    expected = {f"cie_{i / 2}.fits" for i in range(1, 9)}
    assert {p.name for p in (tmp_path / "my spectra").glob("*.fits")} == expected


def test_demo_says_what_is_missing(tmp_path):
    result = subprocess.run([ROOT / "gallery/demo.sh", "./nope", PROGRAM], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 2 and "no program ./nope" in result.stderr
    assert not list(tmp_path.iterdir())
