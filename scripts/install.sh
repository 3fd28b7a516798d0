#!/usr/bin/env bash
# Installs what `make run` and `make test` need beyond Rust, Node and make. Looks first, and installs only what is missing:
#
#   a C compiler and the C library's headers   SQLite is compiled into the program
#   pkg-config                                 by which the build finds the next one
#   PostgreSQL's client library (libpq)        the program speaks to PostgreSQL when TENURE_DATABASE_URL says so
#   a PostgreSQL server, for the tests only    they start a cluster of their own in a temporary directory
#   curl and openssl, for the tests only       they follow the README's walk word by word
#   Chromium and a Chinese font, tests only    the console's stories are told in a real browser; CHROMIUM names another one
#
# Node.js, which builds the console, is only looked for: what distributions carry is often too old, and where a newer one
# comes from is yours to say.
#
# On Debian and Ubuntu it does so through apt, as root or through a sudo that asks no password. Anywhere else it changes
# nothing, says what is missing, and fails.
set -euo pipefail

usage() {
  echo "usage: scripts/install.sh --for run|test|web" >&2
  exit 2
}
[ $# -eq 2 ] && [ "$1" = --for ] || usage
case "$2" in run | test | web) purpose=$2 ;; *) usage ;; esac

missing=() # Debian's package names, each followed in `why` by the reason
why=()
lacks() {
  missing+=("$1")
  why+=("$2")
}

has_c_compiler() { command -v cc >/dev/null && echo '#include <stdlib.h>' | cc -E - >/dev/null 2>&1; }
has_libpq() {
  pkg-config --exists libpq 2>/dev/null && return
  command -v pg_config >/dev/null && [ -e "$(pg_config --includedir)/libpq-fe.h" ]
}
has_postgresql_server() {
  local found
  for found in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$found" ] && return
  done
  return 1
}

has_browser() {
  local found
  for found in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/google-chrome /usr/bin/chromium-browser; do
    [ -n "$found" ] && [ -x "$found" ] && return
  done
  return 1
}
has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ]; }

if [ "$purpose" = web ]; then
  node=$(node --version 2>/dev/null || echo none)
  major=${node#v}
  if [ "$node" = none ] || [ "${major%%.*}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "scripts/install.sh: the console is built with Node.js 20 or later and its npm; found: $node." >&2
    echo "Install it from https://nodejs.org or your distribution, then try again." >&2
    exit 1
  fi
  exit 0
fi

if ! command -v cargo >/dev/null; then
  echo "scripts/install.sh: there is no cargo on the PATH. Install Rust 1.90 or later, then try again." >&2
  exit 1
fi
has_c_compiler || {
  lacks gcc "a C compiler: SQLite is compiled into the program"
  lacks libc6-dev "the C library's headers, for the same"
}
command -v pkg-config >/dev/null || lacks pkg-config "by which the build finds libpq"
has_libpq || lacks libpq-dev "PostgreSQL's client library"
if [ "$purpose" = test ]; then
  command -v curl >/dev/null || lacks curl "the tests follow the README's walk, which calls the server with it"
  has_browser || lacks chromium "a browser, for the tests only: the console's stories are told in it"
  has_chinese_font || lacks fonts-noto-cjk "without it the browser draws boxes where names should be"
  command -v openssl >/dev/null || lacks openssl "with which that walk signs a webhook"
  has_postgresql_server || lacks postgresql "a PostgreSQL server, for the tests only: they start a cluster of their own"
fi
[ ${#missing[@]} -eq 0 ] && exit 0

echo "'make $purpose' needs, and this machine does not have:"
for i in "${!missing[@]}"; do printf '  %-12s %s\n' "${missing[i]}" "${why[i]}"; done

as_root=()
by_hand() {
  echo "$1 Nothing was changed." >&2
  echo "On Debian or Ubuntu: apt-get install --no-install-recommends ${missing[*]}" >&2
  echo "On Fedora: dnf install gcc glibc-devel pkgconf-pkg-config libpq-devel postgresql-server chromium google-noto-sans-cjk-fonts" >&2
  echo "On macOS: brew install libpq postgresql, with the directory of libpq.pc in PKG_CONFIG_PATH and initdb on the PATH" >&2
  exit 1
}
command -v apt-get >/dev/null || by_hand "This is not a Debian or Ubuntu machine."
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || by_hand "This is not root, and sudo would ask for a password."
  as_root=(sudo -n)
fi

echo "Installing them with apt-get."
apt() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null
}
apt update
apt install --no-install-recommends "${missing[@]}"
