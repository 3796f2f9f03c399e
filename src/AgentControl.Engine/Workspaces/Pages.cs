namespace AgentControl.Engine.Workspaces;

/// <summary>Cuts a list that was read one row too far.</summary>
internal static class Pages
{
    public static WorkspacePage<T> Cut<T>(List<T> items, int limit, Func<T, string> cursor)
    {
        if (items.Count <= limit)
            return new(items, null);
        items.RemoveRange(limit, items.Count - limit);
        return new(items, cursor(items[^1]));
    }
}
