using MudBlazor;

namespace AgentControl.Web.Shared;

/// <summary>
/// What a person is asked before something that cannot simply be taken back.
/// </summary>
/// <param name="Title">Names the thing: "Cancel invoice-batch-118?"</param>
/// <param name="SafeVerb">The safe button: "Keep running".</param>
/// <param name="DoVerb">The other: "Cancel job". Never "OK".</param>
public sealed record ConfirmRequest(string Title, string SafeVerb, string DoVerb)
{
    /// <summary>The state's key now, such as "running".</summary>
    public string? Now { get; init; }

    /// <summary>The state's key after it, such as "cancelled".</summary>
    public string? Becomes { get; init; }

    /// <summary>One sentence on what happens.</summary>
    public string? Text { get; init; }

    /// <summary>What happens besides: "sends 80 e-mails again".</summary>
    public IReadOnlyList<string> Effects { get; init; } = [];

    /// <summary>How many things it concerns; from 25 on the number must be typed.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Asks for the number whatever the count, as for a deletion without a bin.</summary>
    public bool AskHarder { get; init; }

    internal bool NeedsNumber => AskHarder || Count >= 25;
}

/// <summary>Asks. <c>if (await Dialogs.ConfirmAsync(new("Cancel x?", "Keep running", "Cancel job") { Now = "running", Becomes = "cancelled" })) …</c></summary>
public static class ConfirmQuestions
{
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, ConfirmRequest request)
    {
        var options = new DialogOptions
        {
            CloseOnEscapeKey = true,
            BackdropClick = true,
            NoHeader = false,
            MaxWidth = MaxWidth.Small,
        };
        var parameters = new DialogParameters<ConfirmDialog> { { d => d.Request, request } };
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(request.Title, parameters, options);
        return await dialog.Result is { Canceled: false };
    }
}
