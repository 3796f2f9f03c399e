using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Engine.Access;

/// <summary>Makes and compares the secrets of keys and links.</summary>
internal static class Secrets
{
    public const string KeyPrefix = "ac_";
    private const int Bytes = 32;
    private const int ShownCharacters = 10;

    public static string NewKey() => KeyPrefix + NewToken();

    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    /// <summary>What may be shown of a secret: never more than a third of it.</summary>
    public static string Shown(string secret) => secret[..Math.Min(ShownCharacters, secret.Length / 3)];
}
