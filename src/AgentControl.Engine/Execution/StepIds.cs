using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Engine.Execution;

/// <summary>Ids that repeat on replay: made from job, key and count with SHA-256.</summary>
internal static class StepIds
{
    public static string Of(Guid jobId, string key, int generation) => Guid(jobId, $"{key}@{generation}").ToString("n");

    public static Guid Guid(Guid jobId, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var bytes = new byte[16 + text.Length];
        jobId.TryWriteBytes(bytes, bigEndian: true, out _);
        text.CopyTo(bytes, 16);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        var id = hash[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
