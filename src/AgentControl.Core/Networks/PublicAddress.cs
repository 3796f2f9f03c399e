using System.Net;
using System.Net.Sockets;

namespace AgentControl.Core.Networks;

/// <summary>Tells the addresses of the public internet from all others, such as this machine, its network and the metadata service of its cloud.</summary>
public static class PublicAddress
{
    /// <summary>The prefixes of IPv4 that are not public (RFC 6890 and its successors).</summary>
    private static readonly IPNetwork[] _closedV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
        // The metadata and agent addresses of clouds that are not in a private range.
        IPNetwork.Parse("168.63.129.16/32"),
    ];

    private static readonly IPNetwork[] _closedV6 =
    [
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("3fff::/20"),
    ];

    /// <summary>Of IPv6 only what is handed out as public (2000::/3), and of that not what is for documents or machines between networks.</summary>
    private static readonly IPNetwork _globalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork _sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the address belongs to the public internet. One that carries an IPv4 address (mapped, 6to4, NAT64) is what it carries.</summary>
    public static bool Is(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Array.Exists(_closedV4, network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        if (address.IsIPv4MappedToIPv6)
            return Is(address.MapToIPv4());
        var bytes = address.GetAddressBytes();
        if (_sixToFour.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(2, 4)));
        if (_nat64.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(12, 4)));
        return address.ScopeId == 0
            && _globalV6.Contains(address)
            && !Array.Exists(_closedV6, network => network.Contains(address));
    }
}
