"""A gRPC server and its client without generated code: messages are plain bytes. Usage: grpc-shop.py serve|ask PORT"""

import sys
import time
from concurrent import futures

import grpc


class Shop(grpc.GenericRpcHandler):
    def service(self, call):
        handlers = {
            "/shop.Orders/Get": grpc.unary_unary_rpc_method_handler(get),
            "/shop.Orders/Fail": grpc.unary_unary_rpc_method_handler(fail),
            "/shop.Orders/Wait": grpc.unary_unary_rpc_method_handler(wait),
            "/shop.Orders/List": grpc.unary_stream_rpc_method_handler(list_all),
            "/shop.Orders/Add": grpc.stream_unary_rpc_method_handler(add),
            "/shop.Orders/Chat": grpc.stream_stream_rpc_method_handler(chat),
        }
        return handlers.get(call.method)


def get(request, context):
    context.set_trailing_metadata((("x-cost", "7"),))
    return b"order " + request


def fail(request, context):
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "a message that must not show")


def wait(request, context):
    time.sleep(2)
    return b""


def list_all(request, context):
    for n in range(3):
        yield b"order %d" % n


def add(requests, context):
    return b"%d added" % sum(1 for _ in requests)


def chat(requests, context):
    for request in requests:
        yield request


def serve(port):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    server.add_generic_rpc_handlers((Shop(),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


def tried(call):
    try:
        return call()
    except grpc.RpcError:
        return None


def ask(port):
    trace = (("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        unary = channel.unary_unary
        unary("/shop.Orders/Get")(b"secret", metadata=trace)
        tried(lambda: unary("/shop.Orders/Fail")(b"secret"))
        tried(lambda: unary("/shop.Orders/Missing")(b""))
        tried(lambda: unary("/shop.Orders/Wait")(b"", timeout=0.1))
        list(channel.unary_stream("/shop.Orders/List")(b""))
        channel.stream_unary("/shop.Orders/Add")(iter([b"secret"] * 3))
        list(channel.stream_stream("/shop.Orders/Chat")(iter([b"hidden"] * 2)))
        unary("/shop.Orders/Get")(b"x" * 40000, metadata=trace)
        time.sleep(0.2)


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](int(sys.argv[2]))
