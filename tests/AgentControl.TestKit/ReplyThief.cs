using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentControl.TestKit;

/// <summary>A TCP proxy before PostgreSQL that swallows replies: the statement is done and committed, and who sent it never hears of it.</summary>
public sealed class ReplyThief : IAsyncDisposable
{
    private const byte Bind = (byte)'B';
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly (string Host, int Port) server;
    private readonly Task accepting;
    private int steals;
    private int stolen;

    /// <param name="connectionString">Of the PostgreSQL behind.</param>
    public ReplyThief(string connectionString)
    {
        var behind = new NpgsqlConnectionStringBuilder(connectionString);
        server = (behind.Host!, behind.Port);
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>Leads through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Replies swallowed so far.</summary>
    public int Stolen => Volatile.Read(ref stolen);

    /// <summary>The reply to the next prepared statement is swallowed, and its connection ends.</summary>
    public void StealNext() => Interlocked.Increment(ref steals);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            client.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(server.Host, server.Port, stop.Token);
            var doomed = false;
            var (from, to) = (near.GetStream(), far.GetStream());
            await await Task.WhenAny(
                PumpAsync(
                    from,
                    to,
                    sent =>
                    {
                        doomed = doomed || (sent.Span[0] == Bind && Take());
                        return true;
                    }
                ),
                PumpAsync(
                    to,
                    from,
                    _ =>
                    {
                        if (doomed)
                            Interlocked.Increment(ref stolen);
                        return !doomed;
                    }
                )
            );
        }
        catch (Exception end)
            when (end is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // One side went away: so does the other.
        }
    }

    private bool Take()
    {
        int left;
        do
        {
            left = Volatile.Read(ref steals);
            if (left == 0)
                return false;
        } while (Interlocked.CompareExchange(ref steals, left - 1, left) != left);
        return true;
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> pass)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, stop.Token) is var read and > 0 && pass(buffer.AsMemory(0, read)))
            await to.WriteAsync(buffer.AsMemory(0, read), stop.Token);
    }
}
