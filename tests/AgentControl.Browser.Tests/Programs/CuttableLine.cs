using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>A wire, such as the one between browser and program or between program and database, which a test may cut: open connections end, new ones are refused, until it is mended.</summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly Lock gate = new();
    private readonly int target;
    private readonly HashSet<TcpClient> ends = [];
    private TcpListener listener = new(IPAddress.Loopback, 0);

    public CuttableLine(string url)
    {
        target = new Uri(url).Port;
        Listen();
        Url = $"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";
    }

    public string Url { get; }

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Cut()
    {
        lock (gate)
        {
            listener.Stop();
            foreach (var end in ends)
                end.Dispose();
            ends.Clear();
        }
    }

    public void Mend()
    {
        lock (gate)
            listener = new TcpListener(IPAddress.Loopback, new Uri(Url).Port);
        Listen();
    }

    public void Dispose()
    {
        Cut();
        listener.Dispose();
    }

    private void Listen()
    {
        listener.Start();
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true)
                _ = CarryAsync(await from.AcceptTcpClientAsync());
        }
        catch (Exception stopped)
            when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The line was cut.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        lock (gate)
        {
            ends.Add(near);
            ends.Add(far);
        }

        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(
                near.GetStream().CopyToAsync(far.GetStream()),
                far.GetStream().CopyToAsync(near.GetStream())
            );
        }
        catch (Exception gone)
            when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One end left.
        }

        near.Dispose();
        lock (gate)
        {
            ends.Remove(near);
            ends.Remove(far);
        }
    }
}
