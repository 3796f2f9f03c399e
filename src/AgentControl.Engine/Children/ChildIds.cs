using AgentControl.Engine.Execution;

namespace AgentControl.Engine.Children;

/// <summary>Version 7 ids for children: the parent's time in front, the rest made from the child's place, so that a repetition makes the same ids.</summary>
internal static class ChildIds
{
    public static Guid Of(Guid parent, string place)
    {
        Span<byte> id = stackalloc byte[16];
        Span<byte> made = stackalloc byte[16];
        parent.TryWriteBytes(id, bigEndian: true, out _);
        StepIds.Guid(parent, place).TryWriteBytes(made, bigEndian: true, out _);
        made[6..].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        return new Guid(id, bigEndian: true);
    }
}
