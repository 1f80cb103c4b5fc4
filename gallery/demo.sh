#!/bin/sh
# demo.sh DROVER CIE_SPECTRUM [FOLDER]: the spectra of a hot plasma at four temperatures, by four processes on half of the
# cores. FOLDER (default ./drover-demo) then holds four FITS files, spectra.png and joblog.tsv. May be run again.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: demo.sh DROVER CIE_SPECTRUM [FOLDER]" >&2
  exit 2
fi

# The whole path of a program that is about to be started from another folder.
whole_path() {
  if [ ! -x "$1" ] || [ -d "$1" ]; then
    echo "demo: there is no program $1: build it first, or give its path" >&2
    return 2
  fi
  printf '%s/%s\n' "$(cd -- "$(dirname -- "$1")" && pwd)" "$(basename -- "$1")"
}

# A word as it can be pasted into a shell.
quoted() {
  case $1 in
    *[!A-Za-z0-9_./-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

drover=$(whole_path "$1")
cie=$(whole_path "$2")
plot=$(cd -- "$(dirname -- "$0")" && pwd)/cie-spectrum/plot.gp
folder=${3:-drover-demo}
if ! command -v gnuplot >/dev/null; then
  echo "demo: gnuplot, which draws the picture, is missing: install the package gnuplot-nox" >&2
  exit 2
fi

case $folder in -*) folder=./$folder ;; esac
mkdir -p -- "$folder"
cd -- "$folder"
# What an earlier run left must not pass for the work of this one.
rm -f cie_0.5.fits cie_1.0.fits cie_2.0.fits cie_4.0.fits spectra.png joblog.tsv

status=0
"$drover" run -j half --joblog joblog.tsv --progress=auto "$cie" {} ::: 0.5 1 2 4 || status=$?
if [ "$status" -ne 0 ]; then
  echo "demo: drover ended with status $status; $folder/joblog.tsv tells which temperatures failed" >&2
  exit "$status"
fi
# gnuplot leaves half a picture when it meets an error.
if ! gnuplot -c "$plot" . .spectra.part.png; then
  rm -f .spectra.part.png
  echo "demo: gnuplot could not draw $folder/spectra.png; the four FITS files are complete" >&2
  exit 1
fi
mv .spectra.part.png spectra.png

here=$(quoted "$folder")
echo "Four spectra, each computed by a process of its own on half of the cores: $folder/cie_0.5.fits, cie_1.0.fits, cie_2.0.fits, cie_4.0.fits."
echo "Their picture is $folder/spectra.png; when each task started, how long it took and how it ended is in $folder/joblog.tsv."
echo "Try next, for 8 temperatures: cd $here && $(quoted "$drover") run -j half -k --grid kT=0.5..4.0..0.5 $(quoted "$cie") '{kT}'"
