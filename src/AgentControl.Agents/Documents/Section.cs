namespace AgentControl.Agents.Documents;

/// <summary>A numbered, headed or free-standing unit of a document. Deeper sections lie inside the shallower one before them.</summary>
internal sealed record Section(int Start, int BodyStart, int Depth, SectionKind Kind, string Heading)
{
    /// <summary>Where the section ends: behind its last printed character.</summary>
    public int End { get; init; }

    /// <summary>The index of the section around this one, or -1.</summary>
    public int Parent { get; init; } = -1;

    /// <summary>True where no other section lies inside.</summary>
    public bool IsLeaf { get; init; } = true;
}

internal enum SectionKind
{
    /// <summary>Begins with a number, letter or the word Article, Section or Clause.</summary>
    Labelled,

    /// <summary>A heading that stands alone on its line.</summary>
    Headed,

    /// <summary>A paragraph of a text without numbers, perhaps with a heading run into it.</summary>
    Paragraph,

    /// <summary>Signatures, schedules and recitals: they end what came before and are no clause.</summary>
    Boundary,
}
