using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Approvals;

namespace AgentControl.Engine.Waits;

/// <summary>A wait that is about to be opened.</summary>
internal sealed record OpenWait(string Key, string GroupKey, string Kind, string? Target)
{
    public TimeSpan? DueIn { get; init; }
    public int? AtLeast { get; init; }
    public Guid? ApprovalId { get; init; }
    public ApprovalRequest? Approval { get; init; }

    public byte[] ContentBytes => Encoding.UTF8.GetBytes(Approval?.Content ?? "");

    public byte[] Sha256 => SHA256.HashData(ContentBytes);
}

/// <summary>What was already there when the wait was opened.</summary>
internal sealed record OpenedAnswer(int Index, byte[] Answer, DateTimeOffset At);
