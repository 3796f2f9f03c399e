using System.Collections.Frozen;

namespace AgentControl.Web.Shared;

/// <summary>How loud a state is: icon and text, the same on a tint, or a filled pill.</summary>
internal enum ChipForm
{
    Quiet,
    Tint,
    Solid,
}

/// <summary>How one of the fifteen labels looks: its words, hue, loudness and icon.</summary>
internal sealed record StateLook(string Key, string Label, string Hue, ChipForm Form, string Icon)
{
    /// <summary>All fifteen, in the order in which they are listed to people.</summary>
    public static readonly StateLook[] All =
    [
        new("scheduled", "Scheduled", "grey", ChipForm.Quiet, "calendar-clock"),
        new("queued", "Queued", "grey", ChipForm.Quiet, "circle-dashed"),
        new("running", "Running", "blue", ChipForm.Quiet, "loader"),
        new("waiting", "Waiting", "blue", ChipForm.Quiet, "hourglass"),
        new("needs_approval", "Needs approval", "violet", ChipForm.Solid, "hand"),
        new("retrying", "Retrying", "amber", ChipForm.Tint, "rotate-ccw"),
        new("recovering", "Recovering", "amber", ChipForm.Tint, "life-buoy"),
        new("pausing", "Pausing", "grey", ChipForm.Tint, "pause"),
        new("paused", "Paused", "grey", ChipForm.Tint, "circle-pause"),
        new("cancelling", "Cancelling", "grey", ChipForm.Tint, "circle-slash"),
        new("completed", "Completed", "green", ChipForm.Quiet, "circle-check"),
        new("failed", "Failed", "red", ChipForm.Solid, "octagon-x"),
        new("timed_out", "Timed out", "red", ChipForm.Tint, "timer-off"),
        new("rejected", "Rejected", "grey", ChipForm.Tint, "thumbs-down"),
        new("cancelled", "Cancelled", "grey", ChipForm.Quiet, "ban"),
    ];

    private static readonly FrozenDictionary<string, StateLook> _byKey = All.ToFrozenDictionary(
        l => l.Key,
        StringComparer.Ordinal
    );

    /// <summary>The look of a label's key; an unknown key shows itself, so a newer server's word is never hidden.</summary>
    public static StateLook Of(string key) =>
        _byKey.TryGetValue(key, out var look) ? look : new(key, key, "grey", ChipForm.Quiet, "circle-dot");
}
