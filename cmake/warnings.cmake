# One interface target carries the flags of every part: warnings are errors.
add_library(drover_flags INTERFACE)
target_include_directories(drover_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_options(drover_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror)
# Vector kernels and golden values must not depend on fused multiply-add.
target_compile_options(drover_flags INTERFACE -ffp-contract=off -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(DROVER_SANITIZE)
  target_compile_options(drover_flags INTERFACE -fsanitize=${DROVER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(drover_flags INTERFACE -fsanitize=${DROVER_SANITIZE})
endif()
