namespace AgentControl.Agents.Articles;

/// <summary>The queues that the stages of an article run on.</summary>
public static class ArticleQueues
{
    public const string Research = "research";
    public const string Write = "write";
    public const string Edit = "edit";
}
