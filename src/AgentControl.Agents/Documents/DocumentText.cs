using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>A readable document: its name, its text and the SHA-256 of the bytes it came from.</summary>
public sealed record DocumentText(string Name, string Text, string Sha256)
{
    /// <summary>A document that was given as text; its hash is that of its UTF-8 bytes.</summary>
    public static DocumentText From(string name, string text) => new(name, text, Hash(Encoding.UTF8.GetBytes(text)));

    internal static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
