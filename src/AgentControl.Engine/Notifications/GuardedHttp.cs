using System.Net;
using System.Net.Sockets;
using AgentControl.Core.Networks;

namespace AgentControl.Engine.Notifications;

/// <summary>Clients that connect to the very address that was checked, and follow no redirect.</summary>
internal static class GuardedHttp
{
    /// <summary>A receiver that takes longer has failed, whatever it does afterwards.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="allowPrivate">Addresses that are not public may be called too.</param>
    public static HttpClient Make(bool allowPrivate) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                // A proxy would connect in our place, to addresses that nobody checked.
                UseProxy = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectCallback = (context, cancellationToken) =>
                    ConnectAsync(context.DnsEndPoint, allowPrivate, cancellationToken),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint to,
        bool allowPrivate,
        CancellationToken cancellationToken
    )
    {
        var addresses = IPAddress.TryParse(to.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        if (!allowPrivate && Array.Exists(addresses, address => !PublicAddress.Is(address)))
            throw new HttpRequestException(
                $"{to.Host} is no host of the public internet. Set allowPrivate where that is meant."
            );
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
