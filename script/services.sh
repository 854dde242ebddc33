# The servers and the browser that script/test needs; sourced after lib.sh. What runs is used; what does not is
# installed where that is allowed, started on a free port, and stopped again: by its process number, nothing else.
# Each find_... sets its variable, or WHY to the reason that there is none.

OWN_POSTGRES="" OWN_REDIS="" CLAIMED_REDIS="" WHY=""

free_port() {
  "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# --- PostgreSQL ------------------------------------------------------------------------------------------------

# Prints the address of a running server on which a role may make databases, without the database's name.
running_postgres() {
  "$PY" - "${GIVEN_DATABASE_URL:-}" <<'PYTHON_END'
import getpass, os, sys
from urllib.parse import quote, urlsplit, urlunsplit
import psycopg2

def usable(**parameters):
    try:
        connection = psycopg2.connect(connect_timeout=3, **parameters)
    except psycopg2.Error:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        allowed = cursor.fetchone()[0]
    connection.close()
    return allowed

def offer(host, port, user, password=None):
    if usable(host=host, port=port, user=user, password=password, dbname="postgres"):
        secret = ":" + quote(password, safe="") if password else ""
        print(f"postgres://{quote(user, safe='')}{secret}@{quote(host, safe='')}:{port}")
        sys.exit(0)

given = urlsplit(sys.argv[1])
if given.scheme.startswith("postgres") and given.username:
    offer(given.hostname or "127.0.0.1", given.port or 5432, given.username, given.password)
hosts = [os.environ["PGHOST"]] if os.environ.get("PGHOST") else ["127.0.0.1", "/var/run/postgresql"]
users = dict.fromkeys(filter(None, [os.environ.get("PGUSER"), getpass.getuser(), "postgres"]))
for host in hosts:
    for user in users:
        offer(host, os.environ.get("PGPORT") or 5432, user, os.environ.get("PGPASSWORD"))
sys.exit(1)
PYTHON_END
}

postgres_programs() {
  local program
  program=$(ls -d /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$program" ] || program=$(command -v initdb) || return 1
  dirname "$(readlink -f "$program")"
}

# PostgreSQL refuses to run as root: root hands it to an account without rights.
as_postgres() {
  if is_root; then
    local account=nobody
    id postgres >/dev/null 2>&1 && account=postgres
    (cd / && setpriv --reuid="$account" --regid="$(id -gn "$account")" --clear-groups "$@")
  else
    "$@"
  fi
}

# Sets POSTGRES_URL (no database name at its end).
find_postgres() {
  POSTGRES_URL=$(running_postgres 2>/dev/null) && {
    step "PostgreSQL: using the server at ${POSTGRES_URL##*@}"
    return 0
  }
  local programs
  programs=$(postgres_programs) || {
    apt_install postgresql
    programs=$(postgres_programs) || {
      WHY="no PostgreSQL runs and none could be installed: $INSTALL_LINE"
      return 1
    }
  }
  local folder port
  folder=$(mktemp -d /tmp/rocket-pg.XXXXXX) && port=$(free_port) || { WHY="no room in /tmp"; return 1; }
  is_root && { id postgres >/dev/null 2>&1 && chown postgres "$folder" || chown nobody "$folder"; }
  OWN_POSTGRES=$folder OWN_POSTGRES_PROGRAMS=$programs
  as_postgres "$programs/initdb" -D "$folder/data" -U rocket -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$WORK/postgres.log" 2>&1 &&
    as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 \
      -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60" start >>"$WORK/postgres.log" 2>&1 || {
    WHY="PostgreSQL did not start: $(tail -n 1 "$WORK/postgres.log")"
    return 1
  }
  POSTGRES_URL=postgres://rocket@127.0.0.1:$port
  step "PostgreSQL: started one of our own on port $port"
}

# Drops the databases of this run that an interrupted test left behind.
drop_test_databases() {
  [ -n "${POSTGRES_URL:-}" ] && [ -z "$OWN_POSTGRES" ] || return 0
  "$PY" - "$POSTGRES_URL/postgres" "$TEST_DATABASE" <<'PYTHON_END' 2>/dev/null
import sys
import psycopg2

connection = psycopg2.connect(sys.argv[1], connect_timeout=3)
connection.autocommit = True
with connection.cursor() as cursor:
    name = sys.argv[2].replace("_", r"\_")
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [r"test\_" + name + "%"])
    for (database,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
PYTHON_END
}

# --- Redis -----------------------------------------------------------------------------------------------------------

# Prints the address of an empty database on a running server, and marks it as taken.
running_redis() {
  "$PY" - "${GIVEN_REDIS_URL:-redis://127.0.0.1:6379}" <<'PYTHON_END'
import sys
from urllib.parse import urlsplit, urlunsplit
import redis

address = urlsplit(sys.argv[1])
for number in range(15, 0, -1):
    url = urlunsplit(address._replace(path=f"/{number}"))
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=3)
    try:
        if client.dbsize() == 0 and client.set("rocket-test-run", "taken", nx=True, ex=7200):
            print(url)
            sys.exit(0)
    except redis.ConnectionError:
        sys.exit(1)
    except redis.RedisError:
        continue
sys.exit(1)
PYTHON_END
}

# Sets REDIS_ADDRESS.
find_redis() {
  if REDIS_ADDRESS=$(running_redis 2>/dev/null); then
    CLAIMED_REDIS=$REDIS_ADDRESS
    step "Redis: using database ${REDIS_ADDRESS##*/} of the server that runs"
    return 0
  fi
  if ! command -v redis-server >/dev/null; then
    apt_install redis-server
    command -v redis-server >/dev/null || {
      WHY="no Redis runs and none could be installed: $INSTALL_LINE"
      return 1
    }
  fi
  local port
  port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$WORK" >"$WORK/redis.log" 2>&1 &
  OWN_REDIS=$!
  REDIS_ADDRESS=redis://127.0.0.1:$port/0
  local try
  for try in $(seq 50); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && {
      step "Redis: started one of our own on port $port"
      return 0
    }
    sleep 0.1
  done
  WHY="Redis did not start: $(tail -n 1 "$WORK/redis.log")"
  return 1
}

# --- the browser -------------------------------------------------------------------------------------------------------

# A browser that starts. Ubuntu's chromium is only a door to a snap, which can't be driven from outside.
is_browser() {
  [ -n "$1" ] && [ -x "$1" ] || return 1
  case $(readlink -f "$1") in */snap | /snap/*) return 1 ;; esac
  ! { head -c 2000 "$1" | tr -d '\0' | grep -aq '/snap/'; } && timeout 20 "$1" --version >/dev/null 2>&1
}

look_for_chromium() {
  local name found
  for name in "${GIVEN_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable chrome; do
    [ -n "$name" ] && found=$(command -v "$name") && is_browser "$found" && CHROMIUM=$found && return 0
  done
  local cache
  for cache in "${PLAYWRIGHT_BROWSERS_PATH:-}" "${XDG_CACHE_HOME:-}/ms-playwright" "${HOME:-}/.cache/ms-playwright"; do
    for found in "$cache"/chromium-*/chrome-linux*/chrome; do
      is_browser "$found" && CHROMIUM=$found && return 0
    done
  done
  return 1
}

# Sets CHROMIUM.
find_chromium() {
  look_for_chromium || {
    if grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
      step "Ubuntu's chromium is a snap, which tests can't drive; asking Playwright for its own"
      timeout 300 "$PY" -m playwright install chromium >"$WORK/chromium.log" 2>&1
      apt_install libnss3 libgbm1 libasound2t64 libatk-bridge2.0-0t64 libcups2t64 libxkbcommon0 >/dev/null 2>&1
    else
      apt_install chromium
    fi
    look_for_chromium
  } || {
    WHY="no Chromium: ${INSTALL_LINE:-install chromium or Google Chrome} (or name one in ROCKET_TEST_CHROMIUM)"
    return 1
  }
  step "Chromium: $CHROMIUM"
}

# --- the end -------------------------------------------------------------------------------------------------------------

stop_services() {
  drop_test_databases
  if [ -n "$OWN_POSTGRES" ]; then
    as_postgres "$OWN_POSTGRES_PROGRAMS/pg_ctl" -D "$OWN_POSTGRES/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf -- "$OWN_POSTGRES"
  fi
  if [ -n "$OWN_REDIS" ]; then
    kill "$OWN_REDIS" 2>/dev/null
    wait "$OWN_REDIS" 2>/dev/null
  elif [ -n "$CLAIMED_REDIS" ]; then
    "$PY" -c 'import redis, sys; redis.Redis.from_url(sys.argv[1]).flushdb()' "$CLAIMED_REDIS" 2>/dev/null
  fi
}
