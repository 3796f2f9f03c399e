using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Core.Notifications;

/// <summary>How Slack signs what it sends: <c>v0=</c> and the HMAC-SHA256 over <c>v0:timestamp:body</c> in lower-case hex.</summary>
public static class SlackSignature
{
    /// <summary>A call that is older, or that comes from so far ahead, is not taken.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const string Version = "v0";

    public static string Of(byte[] key, string timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{Version}:{timestamp}:");
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));
        return $"{Version}={Convert.ToHexStringLower(HMACSHA256.HashData(key, signed))}";
    }

    /// <summary>Whether a signature is exactly this one; it takes the same time whatever is wrong with it.</summary>
    public static bool Holds(byte[] key, string timestamp, ReadOnlySpan<byte> body, string signature) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(key, timestamp, body)),
            Encoding.UTF8.GetBytes(signature)
        );
}
