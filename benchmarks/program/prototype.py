"""The smallest server with these libraries: it serves one field from one document. `start.py` compares with it.

python -m benchmarks.program.prototype FOLDER PORT
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from integrations.mongo.server.embedded import EmbeddedMongo


def main(folder: Path, port: int) -> None:
    mongo = EmbeddedMongo(data=folder)
    mongo.spawn()  # beside the imports, as ours
    import strawberry
    import uvicorn
    import uvloop
    from pymongo import AsyncMongoClient
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def serve() -> None:
        greetings = AsyncMongoClient(await mongo.ready(), w="majority")["prototype"]["greetings"]
        await greetings.update_one({"_id": 1}, {"$set": {"text": "Hello"}}, upsert=True)

        @strawberry.type
        class Query:
            @strawberry.field
            async def greeting(self) -> str:
                return str((await greetings.find_one({"_id": 1}))["text"])

        schema = strawberry.Schema(query=Query)

        async def answer(request: Request) -> JSONResponse:
            return JSONResponse({"data": (await schema.execute((await request.json())["query"])).data})

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            yield
            await mongo.stop()

        app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=life)
        await uvicorn.Server(uvicorn.Config(app, port=port, log_config=None)).serve()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
