using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>One request on a screen: as it was shown when a person began to read it, as it is now, and the decision that is prepared.</summary>
public class RequestView
{
    private string? _reader;

    /// <summary>The request exactly as it was shown first; a change does not replace it by itself.</summary>
    public ApprovalView? Shown { get; private set; }

    /// <summary>The same request as it is now.</summary>
    public ApprovalView? Latest { get; private set; }

    public DecisionBar? Bar { get; private set; }

    /// <summary>Why the reader may not decide it; null where they may.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The content changed after it was shown: nothing can be decided until it is reviewed again.</summary>
    public bool HasChanged => Shown is not null && Latest is not null && Latest.Revision != Shown.Revision;

    public bool IsOpen => Latest is { State: "pending" };

    public bool CanDecide => IsOpen && !HasChanged;

    /// <summary>It was open when it was shown, and meanwhile somebody else decided it or its time ended.</summary>
    public bool IsTaken =>
        Shown is { State: "pending" }
        && Latest is { State: not "pending" } now
        && (now.DecidedVoter is null || now.DecidedVoter != _reader);

    /// <summary>Why nothing can be decided now; null where something can.</summary>
    public string? LockReason =>
        IsTaken ? ApprovalWords.Taken(Latest!)
        : HasChanged ? "Review the changed proposal first."
        : Refusal;

    /// <param name="request">As it is now; null where it cannot be seen.</param>
    /// <param name="refusal">Why the reader may not decide it.</param>
    /// <param name="reader">Whose own decision is no surprise to them.</param>
    public void Update(ApprovalView? request, string? refusal = null, string? reader = null)
    {
        (Refusal, _reader) = (refusal, reader);
        if (request is null)
        {
            (Shown, Latest, Bar) = (null, null, null);
            return;
        }
        var isBack = Latest is { State: not "pending" } && request.State == "pending";
        if (Shown?.Id != request.Id || isBack)
        {
            Shown = request;
            Bar = new DecisionBar(request);
        }
        Latest = request;
        if (!IsOpen)
            Bar?.Close();
    }

    /// <summary>Takes the newer content for the one on the screen.</summary>
    public void ReviewAgain()
    {
        Shown = Latest;
        Bar = Latest is null ? null : new DecisionBar(Latest);
    }

    /// <summary>Opens the bar of the decision that a key means, where it can be decided now.</summary>
    public void Start(string key)
    {
        if (DecisionOf(key) is not { } decision || !CanDecide || Refusal is not null || Bar is not { } bar)
            return;
        bar.Start(decision == ApprovalDecision.Respond && !bar.Offers(decision) ? ApprovalDecision.Choose : decision);
    }

    /// <summary>What a key of the page means; null where it means nothing now.</summary>
    public static ApprovalDecision? DecisionOf(string key) =>
        key switch
        {
            "a" => ApprovalDecision.Approve,
            "r" => ApprovalDecision.Reject,
            "e" => ApprovalDecision.Edit,
            "c" => ApprovalDecision.Respond,
            _ => null,
        };
}
