using System.ComponentModel;
using System.Globalization;
using System.Text;
using AgentControl.Core.Notes;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record ReadNotesArguments(
    [property: Description(
        "A note's name. Left out: the list of all notes; people/: the list of those whose names begin so."
    )]
        string? Name = null,
    [property: Description("From which character on, for notes that are longer than one answer shows.")] int From = 0
);

/// <summary>The agent's notes: their list, or one of them.</summary>
internal sealed class ReadNotesTool : AssistantTool<ReadNotesArguments>
{
    public const string ToolName = "read_notes";

    public override string Name => ToolName;

    public override string Description =>
        "Reads your notes, which outlive this job: the list with first lines, or the text of one. People read and edit them too.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(ReadNotesArguments arguments, ToolRun run)
    {
        if (arguments.Name is not { Length: > 0 } name || name.EndsWith('/'))
            return List(await run.Job.Notes.ListAsync(), arguments.Name ?? "", run.Definition.ResultCharacters);
        if (!NoteName.IsValid(name))
            return ToolResult.Error(NoteName.Remedy);
        if (await run.Job.Notes.ReadAsync(name) is not { } note)
            return ToolResult.Error($"There is no note '{name}'. read_notes without a name lists them.");
        var part = TextPart.Of("note", note.Text, arguments.From, run.Definition.ResultCharacters - name.Length);
        return part.IsError
            ? part
            : part with
            {
                Text = string.Create(
                    CultureInfo.InvariantCulture,
                    $"[{name}, version {note.Entry.Version}, written by {note.Entry.WrittenBy}]\n{part.Text}"
                ),
            };
    }

    private static ToolResult List(IReadOnlyList<NoteEntry> all, string prefix, int room)
    {
        var notes = all.Where(note => note.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (notes.Count == 0)
            return new(prefix.Length == 0 ? "You have no notes." : $"No note's name begins with '{prefix}'.");
        var text = new StringBuilder();
        foreach (var (note, index) in notes.Select((note, index) => (note, index)))
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{note.Name} (version {note.Version}, {note.Size} bytes): {OwnNotes.Quoted(note.FirstLine)}\n"
            );
            if (text.Length + line.Length > room - 200)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"… and {notes.Count - index} more. Name the beginning of theirs, such as people/."
                );
                break;
            }
            text.Append(line);
        }
        return new(text.ToString().TrimEnd());
    }
}

public sealed record WriteNoteArguments(
    [property: Description("The note's name: a-z, 0-9, '.', '_', '-', and '/' between parts, such as people/alice.")]
        string Name,
    [property: Description("Its whole new text, or what to put behind the one that is there.")] string Text,
    [property: Description("true puts the text behind the note's, on a line of its own.")] bool Append = false,
    [property: Description("The version that you read: where the note changed since, nothing is written.")]
        int? Version = null
);

/// <summary>A new version of a note; older ones are kept.</summary>
internal sealed class WriteNoteTool : AssistantTool<WriteNoteArguments>
{
    public override string Name => "write_note";

    public override string Description =>
        "Keeps a note that outlives this job, for what later jobs will need. It replaces the note of that name, or goes on behind it; older versions are kept, and people can read and edit it.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(WriteNoteArguments arguments, ToolRun run)
    {
        if (!NoteName.IsValid(arguments.Name))
            return ToolResult.Error($"write_note was not run. {NoteName.Remedy}");
        if (arguments is { Append: true, Version: not null })
            return ToolResult.Error("write_note was not run. Leave version out where append is true.");
        var note = arguments.Append
            ? await run.Job.Notes.AppendAsync(arguments.Name, arguments.Text)
            : await run.Job.Notes.WriteAsync(arguments.Name, arguments.Text, arguments.Version);
        return new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{note.Name} is written: version {note.Version}, {note.Size} bytes."
            )
        );
    }
}
