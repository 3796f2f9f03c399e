using System.Globalization;
using AgentControl.Core.Notes;
using AgentControl.Engine.Notes;

namespace AgentControl.Web.Notes;

/// <summary>What a page says of a change that is not made.</summary>
internal static class NoteWords
{
    /// <summary>The version that an address names; null where it names none.</summary>
    public static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Why a name or a text is none for a note; null where both are.</summary>
    public static string? Unfit(string name, string text) =>
        !NoteName.IsValid(name) ? NoteName.Remedy
        : string.IsNullOrWhiteSpace(text) ? "Write a text."
        : NoteText.Problem(text);

    /// <summary>Why, and what to do; null where the change stands.</summary>
    public static string? Problem(string name, NoteResult result) =>
        result.Outcome switch
        {
            NoteOutcome.Changed when result.Now is { Deleted: true } now =>
                $"{name} was deleted by {now.WrittenBy.Name} meanwhile. What you typed stays here. Read what stands, or save over it.",
            NoteOutcome.Changed when result.Now is { } now =>
                $"{name} is at version {now.Version.ToString(CultureInfo.InvariantCulture)} now, written by {now.WrittenBy.Name}. What you typed stays here. Read what stands, or save over it.",
            NoteOutcome.Changed or NoteOutcome.NotFound => $"{name} is not there any more.",
            NoteOutcome.TooMany =>
                $"The agent has {NoteText.MaxNotes.ToString(CultureInfo.InvariantCulture)} notes in this workspace, which is the most. Delete some first.",
            NoteOutcome.TooLarge or NoteOutcome.BadText or NoteOutcome.OtherContent =>
                "The note was not written. Try again.",
            _ => null,
        };
}
