namespace AgentControl.Agents.Documents;

/// <summary>The nearest heading above a position, by binary search.</summary>
internal sealed class HeadingLookup(DocumentOutline outline)
{
    private readonly int[] _starts = [.. outline.Sections.Select(section => section.Start)];

    public string At(int position)
    {
        var index = Array.BinarySearch(_starts, position);
        for (var i = index >= 0 ? index : ~index - 1; i >= 0; i = outline.Sections[i].Parent)
        {
            if (outline.Sections[i].Heading.Length > 0)
            {
                return outline.Sections[i].Heading;
            }
        }

        return "";
    }
}
