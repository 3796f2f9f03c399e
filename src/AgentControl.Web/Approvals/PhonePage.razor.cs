using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Approvals;

/// <summary>One request on a phone: a plain form, no circuit, no script. Looking at it never decides.</summary>
public sealed partial class PhonePage
{
    /// <summary>The page stays small; longer content is cut with its length and a link to all of it.</summary>
    private const int Longest = 12_000;

    private ApprovalView? _request;
    private string? _lock;
    private string? _error;
    private bool _mine;

    [Inject]
    private ApprovalDesk Desk { get; set; } = null!;

    [Inject]
    private ApprovalActs Acts { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [SupplyParameterFromForm(FormName = PhoneForm.Name)]
    private PhoneDecision? Form { get; set; }

    [SupplyParameterFromForm(FormName = "undo")]
    private PhoneUndo? Taken { get; set; }

    private string? Said =>
        Done switch
        {
            "noted" when _request is { State: "pending" } => "Your approval is noted; others are asked too.",
            "undone" when _request is { State: "pending" } => "Taken back. It waits for a decision again.",
            "yes" when MayUndo => "Done. You can take it back until the agent hears of it.",
            "yes" when _request is { State: "rejected" } => "Done. It is rejected.",
            "yes" => "Done. The agent goes on.",
            _ => null,
        };

    protected override async Task OnInitializedAsync()
    {
        var inbox = await Desk.ReadAsync("mine", Id, CancellationToken.None);
        _request = inbox.Selected;
        _lock = _request is null ? null : inbox.LockOf(_request);
        _mine = _request?.DecidedVoter is { } voter && voter == inbox.Caller?.Actor.Voter;
    }

    private bool MayUndo => _mine && _request is { DeliverAt: { } at } && at > Clock.GetUtcNow();

    private async Task UndoAsync()
    {
        if (await Acts.UndoAsync(Id) is not { } why)
            Navigation.NavigateTo($"/a/{Id}?done=undone");
        else
            _error = why;
    }

    private async Task DecideAsync()
    {
        if (Form is not { } form || _request is null)
            return;
        if (form.ToDecision(Id) is not { } decision)
        {
            _error = form.Problem;
            return;
        }
        var result = await Desk.DecideAsync(decision, "phone");
        if (result.Error is { } error)
        {
            _error = error;
            _request = (await Desk.ReadAsync("mine", Id, CancellationToken.None)).Selected ?? _request;
            return;
        }
        Navigation.NavigateTo($"/a/{Id}?done={(result.IsFinal ? "yes" : "noted")}");
    }

    private static string Cut(string text) => text.Length > Longest ? text[..Longest] : text;
}

/// <summary>What the button posts that takes a decision back.</summary>
public sealed class PhoneUndo
{
    public bool Back { get; set; }
}

/// <summary>What the plain form posts.</summary>
public sealed class PhoneDecision
{
    public string? Decision { get; set; }
    public int Revision { get; set; }
    public string? Comment { get; set; }
    public string? Quick { get; set; }
    public string? Answer { get; set; }
    public string? Option { get; set; }

    /// <summary>Why there is no decision to send.</summary>
    public string? Problem { get; private set; }

    public DecisionToSend? ToDecision(Guid id)
    {
        var comment = string.IsNullOrWhiteSpace(Comment) ? Quick : Comment.Trim();
        Problem = Decision switch
        {
            "approve" => null,
            "reject" => string.IsNullOrWhiteSpace(comment) ? "Give a reason. The agent gets it as you write it." : null,
            "respond" => string.IsNullOrWhiteSpace(Answer) ? "Write an answer." : null,
            "choose" => string.IsNullOrEmpty(Option) ? "Choose one of the options." : null,
            _ => "Choose what to do.",
        };
        if (Problem is not null)
            return null;
        JsonElement? value = Decision switch
        {
            "respond" => JsonSerializer.SerializeToElement(Answer),
            "choose" => JsonSerializer.SerializeToElement(Option),
            _ => null,
        };
        return new DecisionToSend(
            id,
            Enum.Parse<ApprovalDecision>(Decision!, ignoreCase: true),
            Revision,
            comment,
            value
        );
    }
}
