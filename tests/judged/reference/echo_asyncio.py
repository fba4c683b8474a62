"""An echo server with asyncio."""
import asyncio
import codecs
import sys


async def serve(reader, writer):
    decoder = codecs.getincrementaldecoder('utf-8')(errors='replace')
    try:
        while data := await reader.read(65536):
            writer.write(decoder.decode(data).upper().encode('utf-8'))
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
