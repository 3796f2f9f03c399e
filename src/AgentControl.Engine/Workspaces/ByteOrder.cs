using System.Text;

namespace AgentControl.Engine.Workspaces;

/// <summary>The order of names in the database (collation C): by UTF-8 bytes, which is by code points, not by UTF-16 units.</summary>
internal static class ByteOrder
{
    /// <summary>Sorts behind every character that a name may have: it is no character, so no name has it.</summary>
    public const string Last = "\U0010FFFF";

    public static int Compare(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
