# The spectra of a folder as one picture:   gnuplot -c plot.gp FOLDER PICTURE.png   (or PICTURE.svg)
#
# Drawn from the FITS files themselves, so a wrong file is a wrong picture. gnuplot reads no FITS, but a binary table is
# rows of big-endian numbers behind headers of whole 2880-byte blocks: two blocks in the files of cie-spectrum.
folder = ARG1
picture = ARG2
temperatures = "0.5 1.0 2.0 4.0"
colours = "#440f76 #a3307e #e95462 #fe9f4d"   # cool to hot, and told apart in grey and by the colour-blind
behind_headers = 2 * 2880

if (picture[strlen(picture)-3:] eq ".svg") {
  set terminal svg size 1200,760 font "DejaVu Sans,15" background "white" enhanced
} else {
  set terminal pngcairo size 1800,1140 font "DejaVu Sans,22" background "white" enhanced
}
set output picture

set title "{/:Bold X-ray spectra of a hot plasma at four temperatures}\n{/*0.8 a simplified collisional-ionisation-equilibrium model: no iron, lines one bin wide}" \
  offset 0,-0.3
set xlabel "Energy (keV)"
set ylabel "Flux (photons cm^{−2} s^{−1} keV^{−1})"
set logscale xy
set xrange [0.1:10]
set yrange [1e-5:100]
set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10) out nomirror
set mxtics 1
set ytics out nomirror format "10^{%L}"
set mytics 10
set border 3 lc rgb "#444444" lw 1.5
set grid xtics ytics lt 1 lc rgb "#e4e4e4" lw 1
set tmargin 4.2
set lmargin 11
set rmargin 4
set key bottom left Left reverse samplen 2.5 spacing 1.35 title "Temperature k{/:Italic T}" left

# The Ly-alpha lines of the H-like ions; energies as in data/model_lines.csv.
do for [line in "C_VI:0.3675 N_VII:0.5003 O_VIII:0.6536 Ne_X:1.0218 Mg_XII:1.4723 Si_XIV:2.0055 S_XVI:2.6217"] {
  at = strstrt(line, ":")
  name = line[:at-1]
  name = name[:strstrt(name, "_")-1] . " " . name[strstrt(name, "_")+1:]
  energy = real(line[at+1:])
  set label name at energy, 24 left rotate by 55 offset 0,0.3 font ",17" textcolor rgb "#555555"
  set arrow from energy, graph 0 to energy, 22 nohead dt 3 lc rgb "#cccccc" lw 1 back
}
set label "Ly α of" at 0.345, 24 right font ",17" textcolor rgb "#555555"

plot for [i=1:words(temperatures)] folder . "/cie_" . word(temperatures, i) . ".fits" \
  binary skip=behind_headers record=500 format="%float64%float64%float64" endian=big using 1:3 \
  with steps lw 2.6 lc rgb word(colours, i) title word(temperatures, i) . " keV"
