# Shell functions for the examples in README.md and docs/. Source them in the folder of the checkout:
#
#     . docs/try.sh
#
# If the server was started with another PORT or BATON_DATA, set BATON_URL (http://127.0.0.1:8080) and BATON_DATA first.

url=${BATON_URL:-http://127.0.0.1:8000}
mkdir -p .baton # for the responses that the examples save

# key NAME: one of the demo account's keys (ownerKey, agentKey, publishableKey).
key() {
  python3 -c '
import json, os, sys

path = os.path.join(os.environ.get("BATON_DATA") or ".baton", "credentials.json")
try:
    print(json.load(open(path))[sys.argv[1]])
except FileNotFoundError:
    sys.exit(f"{path} does not exist. Start the server with `make run`, and stand in its folder; or set BATON_DATA.")
' "$1"
}

# request DOCUMENT [name=text | name:=json]...: the JSON body of a GraphQL request with these variables.
request() {
  python3 -c '
import json, sys

def variable(pair):
    name, _, text = pair.partition("=")
    return (name[:-1], json.loads(text)) if name.endswith(":") else (name, text)

print(json.dumps({"query": sys.argv[1], "variables": dict(map(variable, sys.argv[2:]))}))
' "$@"
}

# ask CREDENTIAL DOCUMENT [variables]: sends a query or a mutation and prints the response.
ask() {
  local credential=$1
  shift
  request "$@" | curl -sS "$url/graphql" -H "Authorization: Bearer $credential" \
    -H 'Content-Type: application/json' --data-binary @- -w '\n'
}

# listen CREDENTIAL DOCUMENT [variables]: follows a subscription as server-sent events, until Ctrl-C.
listen() {
  local credential=$1
  shift
  request "$@" | curl -sSN "$url/graphql" -H "Authorization: Bearer $credential" \
    -H 'Content-Type: application/json' -H 'Accept: text/event-stream' --data-binary @-
}

# value NAME PATH: one value of the response that was saved as .baton/NAME.json (`ask ... | tee .baton/NAME.json`).
# PATH starts below `data`: value started startConversation.conversation.id
value() {
  python3 -c '
import functools, json, sys

data = json.load(open(f".baton/{sys.argv[1]}.json"))["data"]
step = lambda found, name: found[int(name)] if isinstance(found, list) else found[name]
print(functools.reduce(step, sys.argv[2].split("."), data))
' "$@"
}

# now: the present instant, as GraphQL takes it.
now() {
  python3 -c 'from datetime import datetime, timezone; print(datetime.now(timezone.utc).isoformat())'
}
