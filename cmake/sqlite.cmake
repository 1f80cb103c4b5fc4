# drover_sqlite  SQLite, for the run record. The static library: most runs keep no record, and loading a shared one costs
# each of them some 0.3 ms.
find_path(SQLITE_HEADERS sqlite3.h REQUIRED)
find_library(SQLITE_LIBRARY NAMES libsqlite3.a sqlite3 REQUIRED)
find_package(Threads REQUIRED)
add_library(drover_sqlite INTERFACE)
target_include_directories(drover_sqlite SYSTEM INTERFACE ${SQLITE_HEADERS})
target_link_libraries(drover_sqlite INTERFACE ${SQLITE_LIBRARY} Threads::Threads m ${CMAKE_DL_LIBS})
