"""A picture that follows the hand: the kernel's messages go to the browser at once.

Without this, each of the few small messages that answer a move waits until the browser has
confirmed the one before, which may take 40 ms (Nagle's algorithm and delayed acknowledgement).
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The usual connection, on a socket that does not wait."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821
c.ServerApp.kernel_websocket_connection_class = PromptConnection
