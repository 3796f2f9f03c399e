namespace AgentControl.Engine.Workspaces;

/// <summary>Bytes that are safe already, or small enough to travel in their row: a write needs no file access any more.</summary>
public sealed record StagedContent
{
    internal StagedContent(byte[] sha256, long size, byte[]? inline) =>
        (Sha256Bytes, Size, Inline) = (sha256, size, inline);

    public long Size { get; }

    public string Sha256 => Convert.ToHexStringLower(Sha256Bytes);

    internal byte[] Sha256Bytes { get; }

    /// <summary>Null where the bytes lie on disk under their hash.</summary>
    internal byte[]? Inline { get; }
}
