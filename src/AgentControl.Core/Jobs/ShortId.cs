namespace AgentControl.Core.Jobs;

/// <summary>A short name of a job for people: <c>j_</c> and ten characters without look-alikes, taken from the id's random part.</summary>
public static class ShortId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    public const string Prefix = "j_";
    private const int Length = 10;

    public static string Of(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        Span<char> text = stackalloc char[Prefix.Length + Length];
        Prefix.CopyTo(text);
        for (var i = text.Length - 1; i >= Prefix.Length; i--, bits >>= 5)
            text[i] = Alphabet[(int)(bits & 31)];
        return new string(text);
    }
}
