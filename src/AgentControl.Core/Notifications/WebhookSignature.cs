using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Core.Notifications;

/// <summary>Signatures of Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
public static class WebhookSignature
{
    public const string Prefix = "whsec_";

    /// <summary>The key behind a secret of the form <c>whsec_</c> and 24 to 64 bytes of base64; null where it has another form.</summary>
    public static byte[]? KeyOf(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length is >= 24 and <= 64
            ? key[..length]
            : null;
    }

    /// <summary>The header <c>webhook-signature</c>: one signature for each key, so that a receiver may change keys at its leisure.</summary>
    public static string Sign(IEnumerable<byte[]> keys, string id, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}"));
        return string.Join(' ', keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"));
    }
}
