"""Exercises a FaunaDB server by the Python driver: python_smoke.py HOST PORT SECRET"""

import sys
from datetime import date

from faunadb import query as q
from faunadb.client import FaunaClient
from faunadb.errors import NotFound, Unauthorized
from faunadb.objects import FaunaTime


def refuses(error, ask):
    try:
        ask()
    except error:
        return True
    return False


host, port, secret = sys.argv[1:]
client = FaunaClient(secret=secret, scheme="http", domain=host, port=int(port))
assert client.ping("node") == "Scope node is OK"
client.query(q.create_collection({"name": "from_python"}))
things = q.collection("from_python")
made = client.query(q.create(things, {"data": {"n": 2**53 + 1, "day": q.date("2020-02-29"), "at": q.time("2020-01-01T00:00:00Z")}}))
read = client.query(q.get(made["ref"]))
assert read["data"] == {"n": 2**53 + 1, "day": date(2020, 2, 29), "at": FaunaTime("2020-01-01T00:00:00Z")}, read
assert read["ref"] == made["ref"] and read["ts"] == made["ts"]
assert client.query(q.count(q.documents(things))) == 1
page = client.query(q.map_(lambda ref: q.select(["data", "n"], q.get(ref)), q.paginate(q.documents(things))))
assert page["data"] == [2**53 + 1], page
client.query(q.delete(made["ref"]))
assert refuses(NotFound, lambda: client.query(q.get(made["ref"])))
stranger = FaunaClient(secret="wrong", scheme="http", domain=host, port=int(port))
assert refuses(Unauthorized, lambda: stranger.query(1))
print("all as expected")
