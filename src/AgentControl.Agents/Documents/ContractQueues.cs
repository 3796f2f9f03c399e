namespace AgentControl.Agents.Documents;

/// <summary>The queues that the stages of the pipeline run on.</summary>
public static class ContractQueues
{
    public const string Extract = "extract";
    public const string Summarise = "summarise";
    public const string Review = "review";
}
