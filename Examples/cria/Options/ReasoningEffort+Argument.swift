public import ArgumentParser
public import LlamaModel

extension ReasoningEffort: ExpressibleByArgument {}
