// A server in Java: a thread for each client, which answers in uppercase.
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

public class Echo {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        try (ServerSocket server = new ServerSocket(port, 16, InetAddress.getByName("127.0.0.1"))) {
            System.out.println("listening on 127.0.0.1:" + server.getLocalPort());
            while (true) {
                Socket client = server.accept();
                new Thread(() -> serve(client)).start();
            }
        }
    }

    static void serve(Socket client) {
        try (client) {
            byte[] data = new byte[1024];
            for (int count; (count = client.getInputStream().read(data)) > 0; ) {
                String text = new String(data, 0, count, StandardCharsets.US_ASCII);
                client.getOutputStream().write(text.toUpperCase().getBytes(StandardCharsets.US_ASCII));
            }
        } catch (java.io.IOException gone) {
            // Nobody is there any more.
        }
    }
}
