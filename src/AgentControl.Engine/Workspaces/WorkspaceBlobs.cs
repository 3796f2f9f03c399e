using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace AgentControl.Engine.Workspaces;

/// <summary>Contents on disk under their SHA-256: <c>files/ab/cdef…</c>. No name that a person or an agent chose ever reaches the disk.</summary>
public sealed class WorkspaceBlobs(IOptions<WorkspaceOptions> options, TimeProvider time)
{
    private readonly string root = Path.GetFullPath(options.Value.Directory);

    internal string Root => root;

    private string Temporary => Path.Combine(root, "tmp");

    /// <summary>Reads a stream to its end and makes it durable; null where it is larger than the limit.</summary>
    public async Task<StagedContent?> StageAsync(Stream content, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxFileBytes;
        var head = ArrayPool<byte>.Shared.Rent(options.Value.InlineBytes + 1);
        try
        {
            var length = await content.ReadAtLeastAsync(
                head.AsMemory(0, options.Value.InlineBytes + 1),
                options.Value.InlineBytes + 1,
                false,
                cancellationToken
            );
            if (length > limit)
                return null;
            if (length <= options.Value.InlineBytes)
                return Inline(head.AsSpan(0, length));
            return await StageOnDiskAsync(head.AsMemory(0, length), content, limit, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }
    }

    public async Task<StagedContent?> StageAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length > options.Value.MaxFileBytes)
            return null;
        return content.Length <= options.Value.InlineBytes
            ? Inline(content.Span)
            : await StageOnDiskAsync(content, Stream.Null, options.Value.MaxFileBytes, cancellationToken);
    }

    internal Stream Open(byte[] sha256, long size)
    {
        var file = new FileInfo(PathOf(sha256));
        // Only this program puts files here; a link was put by somebody else and may lead anywhere.
        if (file.LinkTarget is not null || file.Directory?.LinkTarget is not null)
            throw new IOException(
                $"The contents {Convert.ToHexStringLower(sha256)} are a symbolic link: restore the file from a backup."
            );
        var stream = new FileStream(
            file.FullName,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            64 * 1024,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );
        if (stream.Length == size)
            return stream;
        stream.Dispose();
        throw new IOException(
            $"The contents {Convert.ToHexStringLower(sha256)} have {stream.Length} bytes instead of {size}: restore the file from a backup."
        );
    }

    internal bool Exists(byte[] sha256) => File.Exists(PathOf(sha256));

    internal string PathOf(byte[] sha256)
    {
        var hex = Convert.ToHexStringLower(sha256);
        return Path.Combine(root, hex[..2], hex[2..]);
    }

    internal IEnumerable<(FileInfo File, byte[] Sha256)> OlderThan(DateTime old)
    {
        foreach (var folder in new DirectoryInfo(root).EnumerateDirectories("??"))
        {
            foreach (var file in folder.EnumerateFiles())
            {
                if (
                    file.LastWriteTimeUtc < old
                    && folder.Name + file.Name is { Length: 64 } hex
                    && hex.All(char.IsAsciiHexDigitLower)
                )
                    yield return (file, Convert.FromHexString(hex));
            }
        }
    }

    internal IEnumerable<FileInfo> TemporaryOlderThan(DateTime old) =>
        Directory.Exists(Temporary)
            ? new DirectoryInfo(Temporary).EnumerateFiles().Where(f => f.LastWriteTimeUtc < old)
            : [];

    /// <summary>The database whose files lie here; the first one that asks becomes it.</summary>
    internal string Owner(string candidate)
    {
        var mark = Path.Combine(root, "owner");
        if (!File.Exists(mark))
            File.WriteAllText(mark, candidate);
        return File.ReadAllText(mark).Trim();
    }

    private static StagedContent Inline(ReadOnlySpan<byte> bytes) =>
        new(SHA256.HashData(bytes), bytes.Length, bytes.ToArray());

    private async Task<StagedContent?> StageOnDiskAsync(
        ReadOnlyMemory<byte> head,
        Stream rest,
        long limit,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(Temporary);
        var temporary = Path.Combine(Temporary, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size;
            await using (
                var file = new FileStream(
                    temporary,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    0,
                    FileOptions.Asynchronous
                )
            )
            {
                size = await CopyAsync(head, rest, file, hash, limit, cancellationToken);
                if (size <= limit)
                    file.Flush(flushToDisk: true);
            }
            if (size > limit)
                return null;
            var sha256 = hash.GetHashAndReset();
            Keep(temporary, sha256);
            return new StagedContent(sha256, size, null);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<long> CopyAsync(
        ReadOnlyMemory<byte> head,
        Stream rest,
        FileStream file,
        IncrementalHash hash,
        long limit,
        CancellationToken cancellationToken
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            var size = (long)head.Length;
            for (var part = head; part.Length > 0; )
            {
                hash.AppendData(part.Span);
                await file.WriteAsync(part, cancellationToken);
                part = buffer.AsMemory(0, await rest.ReadAsync(buffer, cancellationToken));
                size += part.Length;
                if (size > limit)
                    break;
            }
            return size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Bytes first, then the name, then the name's directory: whatever moment a crash chooses, a name means whole contents.
    private void Keep(string temporary, byte[] sha256)
    {
        var target = PathOf(sha256);
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectorySync.Flush(root);
        }
        // The same bytes are there already: make them young again, so that no sweep takes them before our row stands.
        if (
            new FileInfo(target) is { Exists: true, LinkTarget: null } known
            && known.Length == new FileInfo(temporary).Length
        )
            File.SetLastWriteTimeUtc(target, time.GetUtcNow().UtcDateTime);
        else
            File.Move(temporary, target, overwrite: true);
        DirectorySync.Flush(folder);
    }
}
