using AgentControl.Engine.Notes;

namespace AgentControl.Web.Notes;

/// <summary>What a person types into a note's fields, and what stood in the way of saving it.</summary>
/// <param name="from">The version that is edited; 0 for a new note.</param>
internal sealed class NoteDraft(int from = 0, string text = "")
{
    private readonly string before = text;

    public int From => from;
    public string Name { get; set; } = "";
    public string Text { get; set; } = text;
    public string? Problem { get; set; }

    /// <summary>What stands instead of the version that was edited.</summary>
    public NoteVersion? Conflict { get; set; }

    public bool Unsaved => Text != before || Name.Length > 0;
}
