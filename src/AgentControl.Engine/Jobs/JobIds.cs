using System.Buffers.Binary;

namespace AgentControl.Engine.Jobs;

/// <summary>
/// Ids of new jobs: UUIDv7 (RFC 9562) whose twelve bits behind the millisecond count, so that each is larger than the last one of this process
/// and a list by id shows jobs in the order in which they were submitted.
/// </summary>
internal static class JobIds
{
    private const int CountBits = 12;
    private static long _last;

    public static Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        var earliest = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16 << CountBits;
        var stamp = Advance(earliest);
        var milliseconds = stamp >> CountBits;
        var version = bytes[6] & 0xF0L;
        var count = stamp & ((1 << CountBits) - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (milliseconds << 16) | (version << 8) | count);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A full count, or a clock that was set back, borrows from the next millisecond.</summary>
    private static long Advance(long earliest)
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(earliest, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }
}
