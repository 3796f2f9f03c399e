namespace AgentControl.Engine.Paging;

/// <summary>One page of a list.</summary>
/// <param name="NextCursor">Opaque; asks for the page behind this one. Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>Makes a page from one item more than was asked for: the surplus says that there is a next page.</summary>
    public static Page<T> Of(List<T> items, int limit, Func<T, string> cursor)
    {
        if (items.Count <= limit)
            return new(items, null);
        items.RemoveRange(limit, items.Count - limit);
        return new(items, cursor(items[^1]));
    }

    public Page<TOther> Select<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], NextCursor);
}

/// <summary>How many items a page may have.</summary>
public static class PageLimit
{
    public const int Default = 50;
    public const int Max = 200;
}
