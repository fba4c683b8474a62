"""A server that lets clients prove themselves, with asyncio."""
import asyncio
import hashlib
import hmac
import os
import sys


async def proof(reader, challenge, secret):
    if int.from_bytes(await reader.readexactly(4), 'little', signed=True) != 32:
        return False
    answer = await reader.readexactly(32)
    return hmac.compare_digest(hashlib.md5(secret + challenge).hexdigest().encode(), answer)


async def serve(reader, writer):
    challenge = os.urandom(32)
    try:
        writer.write(challenge)
        if await asyncio.wait_for(proof(reader, challenge, sys.argv[2].encode()), 5):
            print('ok', flush=True)
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
